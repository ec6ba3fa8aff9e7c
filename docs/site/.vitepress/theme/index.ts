import DefaultTheme from 'vitepress/theme'
import './diagrams.css'
import './tables.css'

export default DefaultTheme
