import DefaultTheme from 'vitepress/theme'
import './diagrams.css'
import './first-screen.css'
import './tables.css'

export default DefaultTheme
